//! Parameters.

use crate::specification::diff::rule::rules;

rules! {
    PATH_PARAMETER_RENAMED = "contract/path-parameter-renamed", Info, Small,
        "A parameter in the path has another name",
        "Over HTTP its name is never sent; only the arguments of generated clients are called otherwise.",
        "";
    PARAMETER_ADDED_REQUIRED = "contract/parameter-added-required", High, Medium,
        "A required parameter is new",
        "No client sends it yet, so every request is refused.",
        "Make it optional, with what was done before as its default.";
    PARAMETER_ADDED = "contract/parameter-added", Info, Small,
        "An optional parameter is new",
        "Clients that do not send it are answered as before.",
        "";
    PARAMETER_REMOVED = "contract/parameter-removed", Low, Small,
        "A parameter is gone",
        "Clients still send it; what it asked for, such as a filter, silently no longer happens, or the request is refused.",
        "Mark it `deprecated: true` and go on honouring it until nobody sends it.";
    PARAMETER_REQUIRED = "contract/parameter-became-required", High, Medium,
        "A parameter became required",
        "Requests without it, which were fine until now, are refused.",
        "Leave it optional, with what was done before as its default.";
    PARAMETER_OPTIONAL = "contract/parameter-became-optional", Info, Small,
        "A parameter became optional",
        "Clients that send it are answered as before.",
        "";
    PARAMETER_MOVED = "contract/parameter-moved", High, Medium,
        "A parameter is read from another place",
        "Clients send it where it no longer counts.",
        "Read it from both places for a while.";
    PARAMETER_FORM_CHANGED = "contract/parameter-form-changed", High, Medium,
        "The values of a parameter are written in another form",
        "What clients send is read wrongly: a list becomes one text, or an object loses its fields.",
        "Keep `style`, `explode` and `content` as they are, or take the new form under a new name.";
    PARAMETER_RESERVED = "contract/parameter-reserved-refused", Low, Small,
        "Reserved characters in a parameter must now be percent-encoded",
        "Clients that send `/`, `?` or `&` as they are may be misunderstood.",
        "Go on reading both ways.";
    PARAMETER_EMPTY = "contract/parameter-empty-refused", Low, Small,
        "A parameter may no longer be empty",
        "Clients that send the bare name are refused.",
        "Go on treating an empty value as before.";
    PARAMETER_DEPRECATED = "contract/parameter-deprecated", Info, Small,
        "A parameter is deprecated",
        "It works as before; whoever sends it should move on.",
        "";
}
