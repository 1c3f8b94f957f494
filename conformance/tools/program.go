// The smallest program there is; every target of a project gets one with real headers.
package main

func main() { println("hello") }
