//! Where the interface is.

use crate::specification::diff::rule::rules;

rules! {
    BASE_PATH_CHANGED = "contract/server-base-path-changed", High, Medium,
        "The path below which everything lies changed",
        "Clients put the old one before every path and find nothing.",
        "Answer below both paths for a while.";
    SERVER_INSECURE = "contract/server-insecure", High, Small,
        "The interface is offered without encryption",
        "Passwords, tokens and clients' data can be read on the way.",
        "Write `https://` again.";
    SERVER_SECURED = "contract/server-secured", Info, Small,
        "The interface is offered with encryption",
        "Clients should change their address; let the old one redirect.",
        "";
    SERVER_REMOVED = "contract/server-removed", Medium, Small,
        "A server is gone",
        "Clients that use its address no longer get an answer.",
        "Keep its address working until nobody uses it.";
    SERVER_ADDED = "contract/server-added", Info, Small,
        "A server is new",
        "Clients go on as before.",
        "";
    HOST_CHANGED = "contract/server-host-changed", Low, Small,
        "A server has another host",
        "Clients that have the old address written down must change it, unless it goes on answering.",
        "Keep the old host answering, or let it redirect.";
    VARIABLE_NARROWED = "contract/server-variable-narrowed", Medium, Small,
        "A part of a server's address takes fewer values",
        "Clients that use one of the others no longer find the server.",
        "Keep the values until nobody uses them.";
}
