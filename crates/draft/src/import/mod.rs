//! What other tools have, as checks: curl, HAR, Postman, Hurl and OpenAPI.
