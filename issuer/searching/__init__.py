"""Finding licences by their holder, for a stated cause; every search is logged."""
