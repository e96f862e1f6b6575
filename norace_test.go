//go:build !race

package main

// swaps that are tried.
const swaps = 20
