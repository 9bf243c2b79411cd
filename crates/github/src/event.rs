//! Which change, environment and candidate an event of GitHub Actions is about.
