// The peer on tableflip, as its own example does it: answers what the Java servers answer.
// Arguments: the port, the pid file.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/cloudflare/tableflip"
)

var version = "none" // the linker sets it

func main() {
	upg, err := tableflip.New(tableflip.Options{PIDFile: os.Args[2]})
	if err != nil {
		log.Fatalln("cannot make an upgrader:", err)
	}
	defer upg.Stop()

	go func() {
		hup := make(chan os.Signal, 1)
		signal.Notify(hup, syscall.SIGHUP)
		for range hup {
			if err := upg.Upgrade(); err != nil {
				log.Println("upgrade failed:", err)
			}
		}
	}()

	listener, err := upg.Fds.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatalln("cannot listen:", err)
	}
	body := []byte("hello from " + version + "\n")
	server := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", version)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
	})}
	go func() {
		if err := server.Serve(listener); err != http.ErrServerClosed {
			log.Println("serving ended:", err)
		}
	}()
	if err := upg.Ready(); err != nil {
		log.Fatalln("not ready:", err)
	}
	<-upg.Exit()

	time.AfterFunc(30*time.Second, func() {
		log.Println("the graceful shutdown took too long")
		os.Exit(1)
	})
	server.Shutdown(context.Background())
}
