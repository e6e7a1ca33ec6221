//! Files in a directory and in a bucket of a real S3 server, which checks signatures.
#![expect(clippy::unwrap_used, reason = "a test: what fails here fails the test")]

use bytes::Bytes;
use integrations::storage::{Bucket, Storage, StorageError};
use testkit::S3;

async fn keeps_files(storage: &Storage) {
    for bytes in [Bytes::from_static(b"abc"), Bytes::new(), Bytes::from(vec![7; 600_000])] {
        let sha256 = storage.put(bytes.clone()).await.unwrap();
        assert_eq!(storage.put(bytes.clone()).await.unwrap(), sha256);
        assert_eq!(storage.get(&sha256).await.unwrap(), bytes);
    }
    assert!(matches!(storage.get(&[0; 32]).await, Err(StorageError::NotFound)));
    assert!(storage.remove(&[0; 32]).await.unwrap(), "it is gone already");
    let fresh = storage.put(Bytes::from_static(b"fresh")).await.unwrap();
    assert!(!storage.remove(&fresh).await.unwrap(), "its name may be on its way");
    assert_eq!(storage.get(&fresh).await.unwrap(), Bytes::from_static(b"fresh"));
    storage.check().await.unwrap();
    assert!(storage.answers().await);
}

fn bucket(server: &S3) -> Bucket {
    Bucket {
        name: S3::BUCKET.to_owned(),
        endpoint: Some(server.endpoint()),
        region: "us-east-1".to_owned(),
        access_key: S3::ACCESS_KEY.to_owned(),
        secret_key: S3::SECRET_KEY.to_owned(),
    }
}

async fn refusal(bucket: &Bucket) -> String {
    let storage = Storage::bucket(bucket).unwrap();
    assert!(!storage.answers().await);
    let error = storage.check().await.unwrap_err();
    error.to_string()
}

#[tokio::test]
async fn a_directory_and_a_bucket_behave_alike() {
    let server = S3::start().await;
    let directory = server.directory().join("files");
    keeps_files(&Storage::directory(&directory).unwrap()).await;
    keeps_files(&Storage::bucket(&bucket(&server)).unwrap()).await;
}

#[tokio::test]
async fn old_bytes_are_removed_unless_they_were_stored_again() {
    let server = S3::start().await;
    let directory = server.directory().join("old");
    let storage = Storage::directory(&directory).unwrap();
    let bytes = Bytes::from_static(b"a year old");
    let sha256 = storage.put(bytes.clone()).await.unwrap();
    let hex = data_encoding::HEXLOWER.encode(&sha256);
    let age = || {
        let file = std::fs::File::options()
            .write(true)
            .open(directory.join(&hex[..2]).join(&hex[2..]))
            .unwrap();
        file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 3600))
            .unwrap();
    };
    age();
    storage.put(bytes.clone()).await.unwrap();
    assert!(!storage.remove(&sha256).await.unwrap());
    age();
    assert!(storage.remove(&sha256).await.unwrap());
    assert!(matches!(storage.get(&sha256).await, Err(StorageError::NotFound)));
}

#[tokio::test]
async fn a_bucket_says_why_it_refuses() {
    let server = S3::start().await;
    let right = bucket(&server);
    for wrong in [
        Bucket {
            secret_key: "wrong".to_owned(),
            ..right.clone()
        },
        Bucket {
            access_key: "wrong".to_owned(),
            ..right.clone()
        },
    ] {
        let text = refusal(&wrong).await;
        let put = Storage::bucket(&wrong).unwrap().put(Bytes::from_static(b"abc")).await;
        assert_eq!(put.unwrap_err().to_string(), text);
        assert!(text.contains("refuses the access key or the secret key"), "{text}");
    }
    let text = refusal(&Bucket {
        name: "other".to_owned(),
        ..right.clone()
    })
    .await;
    assert!(
        text.contains("bucket other at http://") && text.contains("does not exist"),
        "{text}"
    );
    let away = Bucket {
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        ..right
    };
    let error = Storage::bucket(&away).unwrap().check().await.unwrap_err();
    assert!(matches!(error, StorageError::Failed(_)), "{error}");
    assert!(!format!("{away:?} {error}").contains(S3::SECRET_KEY));
}

#[tokio::test]
async fn damage_is_noticed() {
    let server = S3::start().await;
    let directory = server.directory().join("files");
    let storage = Storage::directory(&directory).unwrap();
    let sha256 = storage.put(Bytes::from_static(b"abc")).await.unwrap();
    let first = std::fs::read_dir(&directory).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(first).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, b"abd").unwrap();
    assert!(matches!(storage.get(&sha256).await, Err(StorageError::Damaged(_))));
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let error = Storage::directory(std::path::Path::new("/proc/none")).unwrap_err();
    assert!(error.to_string().contains("/proc/none"), "{error}");
}
