//! Changes of what clients send; what the portal no longer takes breaks them.

use super::super::super::rule::rules;

rules! {
    TYPE_CHANGED = "contract/request-type-changed", High, Medium,
        "A value of a request has another type now",
        "Every client that sends the old type is refused.",
        "Add a new field with the new type, take both for a while, and remove the old one when nobody sends it.";
    TYPE_NARROWED = "contract/request-type-narrowed", High, Medium,
        "A value of a request may no longer have one of its types",
        "Clients that send that type are refused.",
        "Keep taking the old type and convert it, or bring the narrower type in a new version of the operation.";
    TYPE_STATED = "contract/request-type-stated", Low, Small,
        "A schema of a request names the type that its keywords only implied",
        "Nothing changes for a client that already sent that type; one that sent another is refused.",
        "Make sure that the portal never took another type, then merge it.";
    TYPE_WIDENED = "contract/request-type-widened", Info, Small,
        "A value of a request may have one more type",
        "Clients go on as before.",
        "";
    NULL_REFUSED = "contract/request-null-refused", Medium, Small,
        "A value of a request may no longer be null",
        "Clients that send null for an empty value are refused.",
        "Keep taking null and treat it as the empty value.";
    NULL_ACCEPTED = "contract/request-null-accepted", Info, Small,
        "A value of a request may be null now",
        "Clients go on as before.",
        "";
    FORMAT_CHANGED = "contract/request-format-changed", Medium, Medium,
        "A value of a request has another format now",
        "Clients send the old format, and the portal refuses or misreads it.",
        "Take both formats for a while, or add a field for the new one.";
    FORMAT_ADDED = "contract/request-format-added", Low, Small,
        "A value of a request has to have a format now",
        "Clients that sent other values may be refused.",
        "Harmless when the portal asked for the format all along; otherwise keep taking the old values.";
    FORMAT_RELAXED = "contract/request-format-relaxed", Info, Small,
        "A value of a request needs its format no longer",
        "Clients go on as before.",
        "";
    ENUM_NARROWED = "contract/request-enum-narrowed", High, Medium,
        "A request may no longer have one of the listed values",
        "Clients that send that value are refused.",
        "Keep taking the old value and map it to the one that replaces it, and mark it as deprecated.";
    ENUM_WIDENED = "contract/request-enum-widened", Info, Small,
        "A request may have one more value than was listed",
        "Clients go on as before.",
        "";
    FIELD_REQUIRED = "contract/request-field-required", High, Medium,
        "A field of a request is required now",
        "Every client that does not send it is refused.",
        "Keep the field optional, or give it a default that the portal fills in.";
    FIELD_REQUIRED_WITH_DEFAULT = "contract/request-field-required-with-default", Low, Small,
        "A field of a request is required now, and has a default",
        "Clients that leave it out go on as before only if the portal fills in the default.",
        "Make the field optional in the document: a field with a default does not have to be sent.";
    FIELD_OPTIONAL = "contract/request-field-optional", Info, Small,
        "A field of a request is no longer required",
        "Clients go on as before.",
        "";
    FIELD_ADDED = "contract/request-field-added", Info, Small,
        "A request may have one more field",
        "Clients go on as before.",
        "";
    FIELD_REMOVED = "contract/request-field-removed", Low, Small,
        "A field of a request is no longer described",
        "What clients send in it is ignored from now on, without a word to them.",
        "Keep the field in the document and mark it as deprecated until nobody sends it.";
    FIELD_REFUSED = "contract/request-field-refused", High, Medium,
        "A field of a request is refused now",
        "Every client that still sends it is refused.",
        "Keep taking the field, ignore it, and mark it as deprecated until nobody sends it.";
    FIELD_READ_ONLY = "contract/request-field-read-only", Medium, Medium,
        "A field of a request became read-only",
        "What clients send in it is ignored or refused, and their users lose what they typed.",
        "Keep taking the field, or move the change to a new version of the operation.";
    FIELD_WRITABLE = "contract/request-field-writable", Info, Small,
        "A field may be sent now that was read-only",
        "Clients go on as before.",
        "";
    FIELD_DEPRECATED = "contract/request-field-deprecated", Info, Small,
        "A field of a request is deprecated now",
        "Clients go on as before, and have time to move.",
        "Say in its description what replaces it and when it goes.";
    DEFAULT_CHANGED = "contract/request-default-changed", Low, Small,
        "The default of a value of a request changed",
        "Clients that leave the value out get another behaviour than before.",
        "Keep the old default, or tell the clients to send the value that they mean.";
    DEFAULT_ADDED = "contract/request-default-added", Info, Small,
        "A value of a request has a default now",
        "Clients go on as before.",
        "";
    EXTRA_FIELDS_REFUSED = "contract/request-extra-fields-refused", Low, Small,
        "A request may no longer have fields that are not described",
        "Clients that send more than is described are refused.",
        "Ignore what is not described, and log it for a while before it is refused.";
    EXTRA_FIELDS_ACCEPTED = "contract/request-extra-fields-accepted", Info, Small,
        "A request may have fields that are not described",
        "Clients go on as before.",
        "";
    RANGE_TIGHTENED = "contract/request-range-tightened", Medium, Small,
        "The range of a number of a request became narrower",
        "Clients that send a number outside of it are refused.",
        "Keep the wider range, or bring the narrower one in a new version of the operation.";
    RANGE_RELAXED = "contract/request-range-relaxed", Info, Small,
        "The range of a number of a request became wider",
        "Clients go on as before.",
        "";
    LENGTH_TIGHTENED = "contract/request-length-tightened", Medium, Small,
        "A text of a request has a narrower length",
        "Clients that send a shorter or longer text are refused.",
        "Keep the old length, or shorten the text in the portal.";
    LENGTH_RELAXED = "contract/request-length-relaxed", Info, Small,
        "A text of a request may be shorter or longer",
        "Clients go on as before.",
        "";
    PATTERN_TIGHTENED = "contract/request-pattern-tightened", Medium, Small,
        "A text of a request has to match another pattern",
        "Clients that send what the old pattern allowed are refused.",
        "Keep taking what the old pattern allowed, or show that the new one allows all of it.";
    PATTERN_RELAXED = "contract/request-pattern-relaxed", Info, Small,
        "A text of a request needs to match a pattern no longer",
        "Clients go on as before.",
        "";
    COUNT_TIGHTENED = "contract/request-count-tightened", Medium, Small,
        "A list or map of a request may have fewer or must have more entries",
        "Clients that send the old number of entries are refused.",
        "Keep the old limits, or bring the narrower ones in a new version of the operation.";
    COUNT_RELAXED = "contract/request-count-relaxed", Info, Small,
        "A list or map of a request has wider limits",
        "Clients go on as before.",
        "";
    VARIANT_REMOVED = "contract/request-variant-removed", High, Medium,
        "A request may no longer have one of its shapes",
        "Every client that sends that shape is refused.",
        "Keep taking the old shape and convert it, and mark it as deprecated.";
    VARIANT_ADDED = "contract/request-variant-added", Info, Small,
        "A request may have one more shape",
        "Clients go on as before.",
        "";
    DISCRIMINATOR_CHANGED = "contract/request-discriminator-changed", Medium, Medium,
        "The field that tells the shapes of a request apart changed",
        "What clients send is taken for another shape or for none.",
        "Keep the old field and its values, and take the new ones beside them.";
    DISCRIMINATOR_EXTENDED = "contract/request-discriminator-extended", Info, Small,
        "One more value tells the shapes of a request apart",
        "Clients go on as before.",
        "";
    CONDITION_CHANGED = "contract/request-condition-changed", Low, Small,
        "A condition on a request changed in a way that Tidegate does not follow",
        "Some of what clients send may be refused.",
        "Look at the two versions: `if`, `not`, `oneOf` and their like can say the same in many ways.";
    CONDITION_RELAXED = "contract/request-condition-relaxed", Info, Small,
        "A condition on a request is gone",
        "Clients go on as before.",
        "";
    NOT_COMPARED = "contract/request-not-compared", Low, Small,
        "A part of a request could not be compared to the end",
        "What changed there is not known, and may break clients.",
        "Look at the two versions. A reference that leads nowhere is the usual reason; else name the inner parts under `components` and refer to them.";
}
