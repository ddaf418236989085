package detect

var weights [dialects][features_]float32
