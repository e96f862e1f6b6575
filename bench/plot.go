package main

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// plot draws the cost of each question against the size of the record, both by powers
// of ten; each line has its name at its end.
func (r *Results) plot(path string) error {
	plot.DefaultFont = font.Font{Typeface: "Liberation", Variant: "Sans"}
	plotter.DefaultFont = plot.DefaultFont
	p := plot.New()
	p.Title.Text = "CPU of the server by size of the record"
	p.X.Label.Text, p.Y.Label.Text = "meetings", "milliseconds a request"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.Y.Tick.Marker = plot.LogTicks{Prec: -1}
	var sizes plot.ConstantTicks
	for _, s := range r.Settings {
		sizes = append(sizes, plot.Tick{Value: float64(s.Meetings), Label: s.Size})
	}
	p.X.Tick.Marker = sizes
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
		line.Color, marks.Color, marks.Shape = plotutil.DarkColors[i%len(plotutil.DarkColors)], plotutil.DarkColors[i%len(plotutil.DarkColors)], plotutil.Shape(i)
		name, err := plotter.NewLabels(plotter.XYLabels{XYs: points[len(points)-1:], Labels: []string{q.key}})
		if err != nil {
			return err
		}
		name.Offset = vg.Point{X: vg.Points(6), Y: vg.Points(-3)}
		name.TextStyle[0].Color = line.Color
		p.Add(line, marks, name)
	}
	p.X.Max *= 1.5 // room for the names
	return p.Save(16*vg.Centimeter, 11*vg.Centimeter, path)
}
