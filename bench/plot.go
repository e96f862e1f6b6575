package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// plot draws the cost of each question against the size of the record, both by powers
// of ten.
func (r *Results) plot(path string) error {
	p := plot.New()
	p.Title.Text = "CPU of the server, by size of the record"
	p.X.Label.Text, p.Y.Label.Text = "meetings", "milliseconds a request"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, q := range r.asked {
		var points plotter.XYs
		for _, s := range r.Settings {
			if f := r.of(s.Size, q.key, readout, 16); f != nil {
				points = append(points, plotter.XY{X: float64(s.Meetings), Y: f.CPU})
			}
		}
		if len(points) < 2 {
			continue
		}
		line, marks, err := plotter.NewLinePoints(points)
		if err != nil {
			return err
		}
		line.Color, marks.Color, marks.Shape = plotutil.Color(i), plotutil.Color(i), plotutil.Shape(i)
		p.Add(line, marks)
		p.Legend.Add(q.key, line, marks)
	}
	return p.Save(16*vg.Centimeter, 11*vg.Centimeter, path)
}
