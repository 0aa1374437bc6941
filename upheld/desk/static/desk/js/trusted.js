// The one policy of Trusted Types (W3C) at the desk: text that our own server answered may become a part of the page.
// Scripts stay refused: neither script nor script address can be made from text here.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (text) => text });
}
