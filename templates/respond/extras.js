data => { document.body.dataset.extras = data.words.read_aloud; }
