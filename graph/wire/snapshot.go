package wire

import "readout/db"

// Snapshot is the record as it stood on a day.
type Snapshot struct {
	Date  *db.Date
	Store *db.Store // of that day
}
