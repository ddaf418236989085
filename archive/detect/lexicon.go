package detect

var lexicon = map[string]float32{}
