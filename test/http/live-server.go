// What runs in the pods of the tests of live connections: a WebSocket that says back what it hears (RFC 6455), and a stream of events. With standard parts
// only, and for short text frames.
package main

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

const text, goodbye = 0x81, 0x88

func write(to *bufio.ReadWriter, opcode byte, payload []byte) {
	to.Write([]byte{opcode, byte(len(payload))})
	to.Write(payload)
	to.Flush()
}

func read(from *bufio.ReadWriter) (opcode byte, payload []byte, err error) {
	head := make([]byte, 6)
	if _, err = io.ReadFull(from, head); err != nil {
		return
	}
	payload = make([]byte, head[1]&0x7f)
	if _, err = io.ReadFull(from, payload); err != nil {
		return
	}
	for i := range payload {
		payload[i] ^= head[2+i%4]
	}
	return head[0], payload, nil
}

func chat(response http.ResponseWriter, request *http.Request) {
	key := request.Header.Get("Sec-WebSocket-Key")
	if key == "" {
		http.Error(response, "a WebSocket is spoken here", http.StatusUpgradeRequired)
		return
	}
	connection, both, err := response.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer connection.Close()
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(both, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	both.Flush()
	for {
		opcode, payload, err := read(both)
		switch {
		case err != nil:
			return
		case opcode == goodbye:
			write(both, goodbye, payload)
			return
		case string(payload) == "bye":
			write(both, goodbye, append([]byte{4001 >> 8, 4001 & 0xff}, "as you wish"...))
			return
		default:
			write(both, text, payload)
		}
	}
}

// Counts on after the last event that the other side knows.
func events(response http.ResponseWriter, request *http.Request) {
	most, err := strconv.Atoi(request.URL.Query().Get("most"))
	if err != nil {
		most = 1 << 30
	}
	from, _ := strconv.Atoi(request.Header.Get("Last-Event-ID"))
	response.Header().Set("Content-Type", "text/event-stream")
	for id := from + 1; id <= from+most; id++ {
		fmt.Fprintf(response, "id: %d\nevent: tick\ndata: event %d\n\n", id, id)
		response.(http.Flusher).Flush()
		select {
		case <-request.Context().Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func main() {
	http.HandleFunc("/chat", chat)
	http.HandleFunc("/events", events)
	http.HandleFunc("/", func(response http.ResponseWriter, _ *http.Request) { io.WriteString(response, "live\n") })
	http.ListenAndServe(":8080", nil)
}
