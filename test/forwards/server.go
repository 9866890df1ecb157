// What runs in the pods that the tests forward to: HTTP/1 with keep-alive on 8080, and plain TCP on a few ports beside it. On SIGTERM it ends at once,
// as many programs do. With a file named in WAIT_FOR it listens only when that is there;
// LISTEN is another address for HTTP.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

var zeros = make([]byte, 64*1024)

func send(to io.Writer, bytes int64) {
	for bytes > 0 {
		part := zeros
		if bytes < int64(len(part)) {
			part = part[:bytes]
		}
		written, err := to.Write(part)
		if err != nil {
			return
		}
		bytes -= int64(written)
	}
}

func listen(port int, serve func(net.Conn)) {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		panic(err)
	}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer connection.Close()
				serve(connection)
			}()
		}
	}()
}

func main() {
	if file := os.Getenv("WAIT_FOR"); file != "" {
		for {
			if _, err := os.Stat(file); err == nil {
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	name, _ := os.Hostname()
	// Echoes until the client ends.
	listen(9000, func(c net.Conn) { io.Copy(c, c) })
	// As many zeros as ZEROS says; 1 GiB where it says nothing.
	bytes, err := strconv.ParseInt(os.Getenv("ZEROS"), 10, 64)
	if err != nil {
		bytes = 1 << 30
	}
	listen(9001, func(c net.Conn) { send(c, bytes) })
	// Answers a line 5 s later, without waiting for the end of what is said.
	listen(9002, func(c net.Conn) {
		line, _ := bufio.NewReader(c).ReadString('\n')
		time.Sleep(5 * time.Second)
		fmt.Fprintf(c, "late %s", line)
	})
	// Counts what it is sent, and says how much it was when the client said so with its last line.
	listen(9003, func(c net.Conn) {
		reader := bufio.NewReaderSize(c, 256*1024)
		total := int64(0)
		for {
			line, err := reader.ReadSlice('\n')
			total += int64(len(line))
			if err == nil {
				fmt.Fprintf(c, "%d\n", total)
				return
			}
			if err != bufio.ErrBufferFull {
				return
			}
		}
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, name) })
	http.HandleFunc("/zeros", func(w http.ResponseWriter, r *http.Request) {
		bytes, _ := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
		w.Header().Set("Content-Length", strconv.FormatInt(bytes, 10))
		send(w, bytes)
	})
	address := os.Getenv("LISTEN")
	if address == "" {
		address = ":8080"
	}
	fmt.Fprintln(os.Stderr, http.ListenAndServe(address, nil))
	os.Exit(1)
}
