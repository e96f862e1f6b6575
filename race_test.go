//go:build race

package main

// swaps that are tried: a build takes ten times as long with the detector.
const swaps = 4
