use super::*;

const PETS: &str = "
type: object
properties:
  pet: { $ref: '#/components/schemas/Pet' }
components:
  schemas:
    Pet:
      oneOf: [{ $ref: '#/components/schemas/Cat' }, { $ref: '#/components/schemas/Dog' }]
      discriminator: { propertyName: kind, mapping: { hound: Dog, tom: '#/components/schemas/Cat' } }
    Cat: { type: object, required: [kind, lives], properties: { kind: { type: string }, lives: { type: integer } } }
    Dog: { type: object, required: [kind, barks], properties: { kind: { type: string }, barks: { type: boolean } } }
";

fn both(text: &str, value: &Json) -> Vec<String> {
    let new = response(text, value);
    assert_eq!(old(text, value), new);
    new
}

#[test]
fn the_alternative_that_the_value_names_is_the_one_that_counts() {
    for name in ["Cat", "tom"] {
        assert_eq!(
            both(PETS, &json!({ "pet": { "kind": name, "lives": 9 } })),
            NOTHING
        );
        assert_eq!(
            both(PETS, &json!({ "pet": { "kind": name, "lives": "nine" } })),
            ["$.pet.lives: must be an integer, not a string"]
        );
    }
    for name in ["Dog", "hound"] {
        assert_eq!(
            both(PETS, &json!({ "pet": { "kind": name, "lives": 9 } })),
            ["$.pet: must have the field barks"]
        );
    }
}

#[test]
fn a_name_that_nothing_has_is_told_at_the_discriminator() {
    let library = library(PETS);
    let schemas = Schemas::new(Dialect::OpenApi30);
    let value = json!({ "pet": { "kind": "Cow" } });
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    let [only] = &*verdict.mismatches else {
        panic!("{verdict:?}");
    };
    assert_eq!(only.path, "$.pet.kind");
    assert_eq!(only.text, "must be one of hound, tom, Cat, Dog");
    assert_eq!(only.location.to_string(), "api.yaml:9:7");
    let keyword = "discriminator".to_owned();
    assert_eq!(only.kind, MismatchKind::Constraint { keyword });
}

#[test]
fn a_value_without_a_name_is_held_against_every_alternative() {
    assert_eq!(
        both(PETS, &json!({ "pet": { "lives": 9 } })),
        ["$.pet: must have the field kind"]
    );
    assert_eq!(
        both(PETS, &json!({ "pet": 5 })),
        ["$.pet: must be an object, not an integer"]
    );
}

#[test]
fn alternatives_without_a_name_are_tried_one_by_one() {
    let text = "
oneOf: [{ $ref: '#/cat' }, { type: object, required: [barks] }]
discriminator: { propertyName: kind }
cat: { type: object, required: [lives] }
";
    assert_eq!(
        both(text, &json!({ "kind": "other", "barks": true })),
        NOTHING
    );
    assert_eq!(both(text, &json!({ "kind": "other" })).len(), 1);
}

#[test]
fn a_name_that_is_not_mapped_may_have_a_default() {
    let text = PETS.replace(
        "propertyName: kind,",
        "propertyName: kind, defaultMapping: Dog,",
    );
    assert_eq!(
        response(&text, &json!({ "pet": { "kind": "Cow", "barks": true } })),
        NOTHING
    );
    assert_eq!(
        response(&text, &json!({ "pet": { "kind": "Cow" } })),
        ["$.pet: must have the field barks"]
    );
}

#[test]
fn what_refers_back_to_the_choice_ends() {
    let text = "
discriminator: { propertyName: kind }
properties: { kind: { type: string } }
oneOf: [{ $ref: '#/cat' }]
cat: { allOf: [{ $ref: '#' }, { required: [lives] }] }
";
    assert_eq!(
        both(text, &json!({ "kind": "cat" })),
        ["$: must have the field lives"]
    );
}
