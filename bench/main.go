package main

import (
	"flag"
	"log"

	"readout/bench/synthetic"
)

func main() {
	folder := flag.String("package", "", "`folder` to write a data package into")
	meetings := flag.Int("meetings", 1_000_000, "`number` of meetings")
	flag.Parse()
	if err := synthetic.Write(*folder, *meetings); err != nil {
		log.Fatal(err)
	}
}
