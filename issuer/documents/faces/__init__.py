"""The face of a licence on paper: layouts as data, and the one template that draws them."""
