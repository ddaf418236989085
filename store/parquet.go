package store

import (
	"fmt"
	"io"
	"reflect"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

// Tested in formats_test.go.

// parquetRows is the number of rows in a row group, which is held in memory.
const parquetRows = 1 << 15

// NewParquet writes Apache Parquet: text columns as strings, where "" is null,
// and numbers as INT64 and DOUBLE.
func NewParquet(w io.Writer, columns []Column) RowWriter {
	// A schema made of a struct keeps the order of the columns; one made of a map sorts them.
	fields := make([]reflect.StructField, len(columns))
	for i, c := range columns {
		fields[i] = reflect.StructField{Name: fmt.Sprintf("C%d", i), Type: reflect.TypeFor[string](), Tag: reflect.StructTag(`parquet:"` + c.Name + `,optional,zstd"`)}
		switch c.Kind {
		case Int:
			fields[i].Type = reflect.TypeFor[int64]()
		case Number:
			fields[i].Type = reflect.TypeFor[float64]()
		}
	}
	schema := parquet.SchemaOf(reflect.New(reflect.StructOf(fields)).Interface())
	return &parquetWriter{
		w:       parquet.NewGenericWriter[any](w, schema, parquet.MaxRowsPerRowGroup(parquetRows), parquet.CreatedBy("tweetarc", "", "")),
		columns: columns,
		row:     make(parquet.Row, len(columns)),
	}
}

type parquetWriter struct {
	w       *parquet.GenericWriter[any]
	columns []Column
	row     parquet.Row
}

func (p *parquetWriter) Write(r Row) error {
	for i, v := range r.Values {
		var value parquet.Value
		switch {
		case v == "":
			p.row[i] = parquet.Value{}.Level(0, 0, i)
			continue
		case p.columns[i].Kind == Int:
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return fmt.Errorf("column %s: %w", p.columns[i].Name, err)
			}
			value = parquet.Int64Value(n)
		case p.columns[i].Kind == Number:
			f, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return fmt.Errorf("column %s: %w", p.columns[i].Name, err)
			}
			value = parquet.DoubleValue(f)
		default:
			value = parquet.ByteArrayValue([]byte(v))
		}
		p.row[i] = value.Level(0, 1, i)
	}
	_, err := p.w.WriteRows([]parquet.Row{p.row})
	return err
}

func (p *parquetWriter) Close() error { return p.w.Close() }
