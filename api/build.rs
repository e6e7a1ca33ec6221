//! The web application is embedded from `web/dist`. A build without it must work too, so the folder is made when absent.

fn main() -> std::io::Result<()> {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    std::fs::create_dir_all(&dist)?;
    // With debug assertions the files are read while it runs: a new build of theirs changes nothing that is compiled.
    if std::env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo::rerun-if-changed={}", dist.display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}
