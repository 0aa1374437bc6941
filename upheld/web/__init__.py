"""The site: what people see, sign up on, and use to see, correct and delete what is held about them."""
