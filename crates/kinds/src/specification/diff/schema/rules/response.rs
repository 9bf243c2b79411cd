//! Changes of what clients receive; what they do not expect breaks them.

use super::super::super::rule::rules;

rules! {
    TYPE_CHANGED = "contract/response-type-changed", High, Medium,
        "A value of an answer has another type now",
        "Clients read it as the old type and fail or show nonsense.",
        "Add a new field with the new type, and keep the old one until nobody reads it.";
    TYPE_WIDENED = "contract/response-type-widened", High, Medium,
        "A value of an answer may have one more type",
        "Clients that read it as the old type fail when the other one comes.",
        "Give the other type in a field of its own.";
    TYPE_UNSTATED = "contract/response-type-unstated", Low, Small,
        "A schema of an answer no longer names the type that its keywords imply",
        "Tools that make clients from the document take the value for anything.",
        "Name the type again.";
    TYPE_NARROWED = "contract/response-type-narrowed", Info, Small,
        "A value of an answer no longer has one of its types",
        "Clients go on as before.",
        "";
    NULL_ADDED = "contract/response-null-added", Medium, Small,
        "A value of an answer may be null now",
        "Clients that do not expect null fail, often by an empty page.",
        "Give the empty value of the type instead of null, or leave an optional field out.";
    NULL_REMOVED = "contract/response-null-removed", Info, Small,
        "A value of an answer is never null now",
        "Clients go on as before.",
        "";
    FORMAT_CHANGED = "contract/response-format-changed", Medium, Medium,
        "A value of an answer has another format now",
        "Clients cannot read it, or read another value: a date, a large number.",
        "Keep the old format, and give the new one in a field of its own.";
    FORMAT_REMOVED = "contract/response-format-removed", Low, Small,
        "A value of an answer no longer has a format",
        "Clients that read it by its format may fail.",
        "Keep the format in the document when the portal still follows it.";
    FORMAT_NARROWED = "contract/response-format-narrowed", Info, Small,
        "A value of an answer has a format now",
        "Clients go on as before.",
        "";
    ENUM_WIDENED = "contract/response-enum-widened", Low, Small,
        "An answer may have a value that was not listed",
        "Clients that know only the listed values show nothing or fail when the new one comes.",
        "Tell the clients first, or give the new value only to those that ask for it.";
    ENUM_REPLACED = "contract/response-enum-replaced", Medium, Medium,
        "An answer has none of the values that were listed",
        "Clients know none of the values that come.",
        "Keep giving the old values, and give the new ones in a field of their own.";
    ENUM_NARROWED = "contract/response-enum-narrowed", Info, Small,
        "An answer no longer has one of the listed values",
        "Clients go on as before.",
        "";
    FIELD_REMOVED = "contract/response-field-removed", High, Medium,
        "A field that was always there is gone from an answer",
        "Every client that reads it fails or shows nothing.",
        "Keep the field, mark it as deprecated, and remove it when nobody reads it.";
    OPTIONAL_FIELD_REMOVED = "contract/response-optional-field-removed", Medium, Medium,
        "An optional field is gone from an answer",
        "Clients that show it show nothing from now on.",
        "Keep the field, mark it as deprecated, and remove it when nobody reads it.";
    FIELD_OPTIONAL = "contract/response-field-optional", High, Medium,
        "A field of an answer may be missing now",
        "Clients that rely on it fail when it is missing.",
        "Go on giving the field in every answer.";
    FIELD_REQUIRED = "contract/response-field-required", Info, Small,
        "A field is now in every answer",
        "Clients go on as before.",
        "";
    FIELD_ADDED = "contract/response-field-added", Info, Small,
        "An answer may have one more field",
        "Clients go on as before.",
        "";
    FIELD_UNEXPECTED = "contract/response-field-unexpected", Low, Small,
        "An answer has a field though it was said to have no others",
        "Clients that hold answers against the document refuse them.",
        "Allow other fields in answers before the first one is added.";
    FIELD_WRITE_ONLY = "contract/response-field-write-only", High, Medium,
        "A field of an answer became write-only",
        "It is gone from the answers, and every client that reads it fails or shows nothing.",
        "Keep giving the field, and mark it as deprecated until nobody reads it.";
    FIELD_READABLE = "contract/response-field-readable", Info, Small,
        "A field that was write-only is in the answers now",
        "Clients go on as before; make sure that it may be shown.",
        "";
    FIELD_DEPRECATED = "contract/response-field-deprecated", Info, Small,
        "A field of an answer is deprecated now",
        "Clients go on as before, and have time to move.",
        "Say in its description what replaces it and when it goes.";
    EXTRA_FIELDS_ADDED = "contract/response-extra-fields-added", Low, Small,
        "An answer may have fields that are not described",
        "Clients that hold answers against the document may refuse them.",
        "Describe the fields that come.";
    EXTRA_FIELDS_REMOVED = "contract/response-extra-fields-removed", Info, Small,
        "An answer has no fields but those described",
        "Clients go on as before.",
        "";
    RANGE_RELAXED = "contract/response-range-relaxed", Low, Small,
        "The range of a number of an answer became wider",
        "Clients that made room for the old range may fail.",
        "Tell the clients before such numbers come.";
    RANGE_TIGHTENED = "contract/response-range-tightened", Info, Small,
        "The range of a number of an answer became narrower",
        "Clients go on as before.",
        "";
    LENGTH_RELAXED = "contract/response-length-relaxed", Low, Small,
        "A text of an answer may be shorter or longer",
        "Clients that made room for the old length may cut it or fail.",
        "Tell the clients before such texts come.";
    LENGTH_TIGHTENED = "contract/response-length-tightened", Info, Small,
        "A text of an answer has a narrower length",
        "Clients go on as before.",
        "";
    PATTERN_RELAXED = "contract/response-pattern-relaxed", Low, Small,
        "A text of an answer no longer matches its pattern",
        "Clients that take the text apart by the old pattern may fail.",
        "Keep to the old pattern, or tell the clients before other texts come.";
    PATTERN_TIGHTENED = "contract/response-pattern-tightened", Info, Small,
        "A text of an answer matches a pattern now",
        "Clients go on as before.",
        "";
    COUNT_RELAXED = "contract/response-count-relaxed", Low, Small,
        "A list or map of an answer has wider limits",
        "Clients that rely on the old limits, such as a list that is never empty, may fail.",
        "Tell the clients before such answers come.";
    COUNT_TIGHTENED = "contract/response-count-tightened", Info, Small,
        "A list or map of an answer has narrower limits",
        "Clients go on as before.",
        "";
    VARIANT_ADDED = "contract/response-variant-added", Medium, Medium,
        "An answer may have one more shape",
        "Clients that do not know the shape fail or leave the entry out.",
        "Give the new shape only to clients that ask for it, or in a new version of the operation.";
    VARIANT_REMOVED = "contract/response-variant-removed", Info, Small,
        "An answer no longer has one of its shapes",
        "Clients go on as before.",
        "";
    DISCRIMINATOR_CHANGED = "contract/response-discriminator-changed", Medium, Medium,
        "The field that tells the shapes of an answer apart changed",
        "Clients take an answer for another shape or for none.",
        "Keep giving the old field and its values beside the new ones.";
    DISCRIMINATOR_EXTENDED = "contract/response-discriminator-extended", Low, Small,
        "One more value tells the shapes of an answer apart",
        "Clients that do not know the value take the answer for no shape.",
        "Tell the clients before the value comes.";
    CONDITION_CHANGED = "contract/response-condition-changed", Low, Small,
        "A condition on an answer changed in a way that Tidegate does not follow",
        "Some of what comes may be new to clients.",
        "Look at the two versions: `if`, `not`, `oneOf` and their like can say the same in many ways.";
    CONDITION_TIGHTENED = "contract/response-condition-tightened", Info, Small,
        "An answer has one more condition to meet",
        "Clients go on as before.",
        "";
    NOT_COMPARED = "contract/response-not-compared", Low, Small,
        "A part of an answer could not be compared to the end",
        "What changed there is not known, and may break clients.",
        "Look at the two versions. A reference that leads nowhere is the usual reason; else name the inner parts under `components` and refer to them.";
}
