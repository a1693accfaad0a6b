"""The Alexa cloud's side of a link: what happens after the page, where no browser looks."""
