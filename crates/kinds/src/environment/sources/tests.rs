use super::*;

const PRODUCTION: Wanted<'_> = Wanted {
    name: "production",
    role: Role::Production,
};
const PREVIEW: Wanted<'_> = Wanted {
    name: "preview",
    role: Role::Preview,
};

/// Scope, name, value and line of each variable, as one text.
fn told(format: &Format, text: &str, wanted: Wanted<'_>) -> Vec<String> {
    let reading = read(format, "file", text, wanted).map_err(|error| error.told());
    let sets = reading
        .unwrap_or_else(|error| panic!("{error}"))
        .set
        .into_iter();
    sets.map(|set| {
        let scope = if set.scope.is_empty() {
            String::new()
        } else {
            format!("{}/", set.scope)
        };
        let value = set.value.map_or("?".to_owned(), |value| value);
        format!("{scope}{}={value}:{}", set.name, set.line)
    })
    .collect()
}

fn fault(format: &Format, text: &str) -> SourceError {
    read(format, "file", text, PRODUCTION).err().unwrap()
}

#[test]
fn compose_files_have_maps_lists_and_names() {
    let text = "services:\n  web:\n    image: acme\n    environment:\n      A: one\n      PORT: 8080\n      B:\n  db:\n    environment:\n      - C=x=y\n      - D\n";
    let all = [
        "web/A=one:5",
        "web/PORT=8080:6",
        "web/B=?:7",
        "db/C=x=y:10",
        "db/D=?:11",
    ];
    assert_eq!(told(&Format::Compose(None), text, PRODUCTION), all);
    let one = Format::Compose(Some("db".into()));
    assert_eq!(told(&one, text, PRODUCTION), ["C=x=y:10", "D=?:11"]);
    let none = fault(&Format::Compose(Some("api".into())), text);
    assert!(none.message.contains("no service `api`"));
    assert_eq!(
        fault(&Format::Compose(None), "services:\n  web: [\n")
            .place
            .file,
        "file"
    );
}

#[test]
fn kubernetes_has_config_maps_secrets_and_containers() {
    let text = "kind: ConfigMap\ndata:\n  A: one\n---\nkind: Secret\ndata:\n  B: dHdv\n  BINARY: /w==\nstringData:\n  C: three\n---\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          env:\n            - name: D\n              value: four\n            - name: E\n              valueFrom: { secretKeyRef: { name: s, key: E } }\n";
    assert_eq!(
        told(&Format::Kubernetes, text, PRODUCTION),
        [
            "A=one:3",
            "B=two:7",
            "BINARY=?:8",
            "C=three:10",
            "D=four:19",
            "E=?:21"
        ]
    );
    let list = "kind: List\nitems:\n  - kind: ConfigMap\n    data: { A: x }\n";
    assert_eq!(told(&Format::Kubernetes, list, PRODUCTION), ["A=x:4"]);
    let wrong = fault(&Format::Kubernetes, "kind: Secret\ndata:\n  A: '%%'\n");
    assert_eq!(wrong.place.line, 3);
    assert!(wrong.message.contains("no base64"));
}

#[test]
fn vercel_is_read_from_its_config_its_pull_and_its_list() {
    let config = "{\n  \"build\": { \"env\": { \"B\": \"two\" } },\n  \"env\": {\n    \"A\": \"@secret\"\n  }\n}";
    assert_eq!(
        told(&Format::Vercel, config, PRODUCTION),
        ["B=two:2", "A=@secret:4"]
    );
    assert_eq!(
        told(
            &Format::Vercel,
            "# Created by Vercel CLI\nA=\"one\"\n",
            PRODUCTION
        ),
        ["A=one:2"]
    );
    let list = r#"{"envs": [
        {"key": "A", "type": "plain", "value": "one", "target": ["production", "preview"]},
        {"key": "B", "type": "encrypted", "value": "cipher", "target": ["production"]},
        {"key": "C", "type": "plain", "value": "three", "target": "preview"}
    ]}"#;
    assert_eq!(
        told(&Format::Vercel, list, PRODUCTION),
        ["A=one:2", "B=?:3"]
    );
    assert_eq!(
        told(&Format::Vercel, list, PREVIEW),
        ["A=one:2", "C=three:4"]
    );
}

#[test]
fn netlify_has_contexts() {
    let text = "[build.environment]\nA = \"all\"\n\n[context.production.environment]\nB = \"prod\"\n\n[context.deploy-preview.environment]\nB = \"pre\"\nN = 20\n";
    assert_eq!(
        told(&Format::Netlify, text, PRODUCTION),
        ["A=all:2", "B=prod:5"]
    );
    assert_eq!(
        told(&Format::Netlify, text, PREVIEW),
        ["A=all:2", "B=pre:8", "N=20:9"]
    );
    let flat = "{\n\"A\": \"one\"\n}";
    assert_eq!(told(&Format::Netlify, flat, PRODUCTION), ["A=one:2"]);
    let export = r#"[{"key": "A", "values": [{"context": "all", "value": "x"}, {"context": "production", "value": "y"}]},
        {"key": "B", "values": [{"context": "deploy-preview", "value": "z"}]}]"#;
    assert_eq!(told(&Format::Netlify, export, PRODUCTION), ["A=y:1"]);
    assert_eq!(fault(&Format::Netlify, "[build]\nx = \n").place.line, 2);
}

#[test]
fn next_configs_give_their_literals_and_are_never_executed() {
    let text = "// env: { NO: 'no' }\nconst env = process.env;\nmodule.exports = {\n  env: {\n    A: 'one', // comment\n    \"B\": \"two\",\n    C: process.env.C,\n    D: { E: 'inner' },\n    F: `x${y}`,\n  },\n  other: { G: 'seven' },\n};\n";
    assert_eq!(
        told(&Format::NextConfig, text, PRODUCTION),
        ["A=one:5", "B=two:6", "C=?:7", "D=?:8", "F=?:9"]
    );
    assert!(told(&Format::NextConfig, "export default {}", PRODUCTION).is_empty());
}

#[test]
fn fly_render_railway_and_github_are_read() {
    let fly = "app = \"acme\"\n[env]\n  A = \"one\"\n  PORT = 8080\n  F = true\n";
    assert_eq!(
        told(&Format::Fly, fly, PRODUCTION),
        ["A=one:3", "PORT=8080:4", "F=true:5"]
    );
    let names = "[{\"Name\": \"B\", \"Digest\": \"ab\"}]";
    assert_eq!(told(&Format::Fly, names, PRODUCTION), ["B=?:1"]);
    let render = "services:\n  - type: web\n    name: web\n    envVars:\n      - key: A\n        value: one\n        previewValue: two\n      - key: B\n        sync: false\nenvVarGroups:\n  - name: group\n    envVars:\n      - key: C\n        generateValue: true\n";
    assert_eq!(
        told(&Format::Render, render, PRODUCTION),
        ["web/A=one:5", "web/B=?:8", "group/C=?:13"]
    );
    assert_eq!(told(&Format::Render, render, PREVIEW)[0], "web/A=two:5");
    assert_eq!(told(&Format::Railway, "A=one\n", PRODUCTION), ["A=one:1"]);
    assert_eq!(
        told(&Format::Railway, "{\"A\": \"one\"}", PRODUCTION),
        ["A=one:1"]
    );
    let github = "{\"total_count\": 1, \"secrets\": [{\"name\": \"S\"}],\n\"variables\": [{\"name\": \"V\", \"value\": \"x\"}]}";
    assert_eq!(
        told(&Format::Github, github, PRODUCTION),
        ["S=?:1", "V=?:2"]
    );
    let lines = "NAME  UPDATED\nS  2026-11-01\n";
    assert_eq!(told(&Format::Github, lines, PRODUCTION), ["S=?:2"]);
}

#[test]
fn json_faults_have_a_place_and_show_nothing_of_the_text() {
    let error = fault(&Format::Railway, "{\n\"A\": \"hush\" \"B\"}");
    assert_eq!(error.place.line, 2);
    assert!(!error.told().contains("hush"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[ -~\n]{0,60}|[{}\\[\\]:,\"'a&*\n -]{0,60}") {
        let formats = [
            Format::EnvFile, Format::Compose(None), Format::Kubernetes, Format::Vercel, Format::Netlify,
            Format::NextConfig, Format::Fly, Format::Render, Format::Railway, Format::Github,
        ];
        for format in formats {
            let _ = read(&format, "file", &text, PRODUCTION);
        }
    }
}
