// Command hello greets; it is the example that tagonce rehearses.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Set by the release through -ldflags.
var (
	version = "dev"
	commit  = "none"
	date    = "unknown"
)

func main() {
	show := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *show {
		fmt.Printf("hello %s (%s, %s, %s/%s)\n", version, commit, date, runtime.GOOS, runtime.GOARCH)
		return
	}
	name := "world"
	if flag.NArg() > 0 {
		name = strings.Join(flag.Args(), " ")
	}
	if _, err := fmt.Printf("hello, %s\n", name); err != nil {
		os.Exit(1)
	}
}
