// For browsers that cannot read the page's script, or fail in it: on to the page without script. Where the script comes to
// its end it puts something else in this place. In the words of the oldest browsers.
onload = function () { location.search += '&schlicht=1'; };
