//! Compiles `proto/` to Rust. protox reads the files, so no protoc needs to be installed.

use std::path::{Path, PathBuf};

const ROOT: &str = "proto";
const PACKAGE: &str = "proto/toolsync/v1";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed={ROOT}");
    let mut compiler = protox::Compiler::new([ROOT])?;
    compiler.include_imports(true).include_source_info(true).open_files(proto_files(Path::new(PACKAGE))?)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("toolsync.v1.descriptor.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure()
        // The bytes of chunks and files are shared, not copied.
        .bytes(".")
        // Options keep the order of their names.
        .btree_map(".")
        // Line events are by far the most frequent: the size of a whole run shall not be theirs.
        .boxed(".toolsync.v1.RunEvent.event.started")
        .compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}

/// The files of the package, sorted, so that every build generates the same code.
fn proto_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
