// What the button "Fill in an example" writes: the smallest pod that answers on a port.

export const exampleManifest = `apiVersion: v1
kind: Pod
metadata:
  name: my-pod
spec:
  containers:
    - name: web
      image: nginx:1.27
      ports:
        - containerPort: 80
`;
