// Command contextlite stands in for the program of the deployment plan: it counts the words that it is given.
package main

import (
	"fmt"
	"os"
)

var version = "dev"

func main() {
	if len(os.Args) == 2 && os.Args[1] == "--version" {
		fmt.Println("contextlite", version)
		return
	}
	fmt.Println(len(os.Args)-1, "words")
}
