package db

func (b *conditions) text(field, kind, column, query string) error { return nil }
