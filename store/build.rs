//! `embed_migrations!` does not see that a migration came or went.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
