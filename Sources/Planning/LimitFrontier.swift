/// The smallest burst that rejects nothing, for each rate.
enum LimitFrontier {}
