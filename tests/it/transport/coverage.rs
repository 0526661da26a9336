//! No RPC goes without a test.

use prost::Message;
use prost_types::FileDescriptorSet;
use std::path::Path;
use toolsync::rpc::pb;

/// `GetFile` as the generated client calls it: `get_file`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn sources(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
    text
}

#[test]
fn every_rpc_is_called_by_a_test() {
    let descriptors = FileDescriptorSet::decode(pb::FILE_DESCRIPTOR_SET).unwrap();
    let files = descriptors.file.iter().filter(|file| file.package() == "toolsync.v1");
    let services: Vec<_> = files.flat_map(|file| &file.service).collect();
    assert_eq!(services.len(), 5);
    let tests = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("it"));
    let methods = services.iter().flat_map(|service| &service.method);
    let untested: Vec<_> =
        methods.map(|method| snake_case(method.name())).filter(|name| !tests.contains(&format!(".{name}("))).collect();
    assert!(untested.is_empty(), "no test calls {untested:?}");
}
