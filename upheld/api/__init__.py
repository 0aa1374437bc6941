"""The door for programs: the usage endpoint. It answers JSON, and knows no session and no cookie."""
