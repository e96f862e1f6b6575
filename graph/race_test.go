//go:build race

package graph_test

// raceEnabled: memory is not what it is without the detector.
const raceEnabled = true
