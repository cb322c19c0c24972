UPDATE platform SET emulated = 'maybe'
