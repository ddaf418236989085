// Command tweetarc-release makes what a release consists of.
package main

func main() {}
