//! The use cases' files, kept by the storage that the configuration names.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use api::ReadyCheck;
use app::{
    AppError,
    health::Part,
    ports::{Blobs, Room},
};
use async_trait::async_trait;
use bytes::Bytes;
use integrations::storage::{Storage, StorageError};
use tokio::{process::Command, time::timeout};

use crate::config::Config;

/// Longest wait for what the system says of a disk.
const PATIENCE: Duration = Duration::from_secs(3);

/// Files in a directory or a bucket.
#[derive(Debug, Clone)]
pub struct Files {
    storage: Storage,
    /// Where they are on this machine's disk.
    directory: Option<PathBuf>,
}

impl Files {
    /// Those of this configuration.
    ///
    /// # Errors
    /// When the place cannot be used; the message names the variable.
    pub fn open(config: &Config) -> Result<Self> {
        let (storage, variable) = match &config.bucket {
            Some(bucket) => (Storage::bucket(bucket.expose()), "CM_S3_BUCKET"),
            None => (Storage::directory(&config.storage_dir), "CM_STORAGE_DIR"),
        };
        Ok(Self {
            storage: storage.map_err(|error| anyhow::anyhow!("{variable}: {error}"))?,
            directory: config.bucket.is_none().then(|| config.storage_dir.clone()),
        })
    }
}

/// Free bytes and bytes in all of the disk that this directory is on, as `df` of POSIX tells them.
async fn room(directory: &Path) -> Option<(u64, u64)> {
    let mut asked = Command::new("df");
    asked.arg("-Pk").arg(directory).kill_on_drop(true);
    // A disk on the network that is away holds up whoever asks for as long as it is.
    let told = timeout(PATIENCE, asked.output()).await.ok()?.ok()?;
    told_room(&String::from_utf8_lossy(&told.stdout))
}

/// Reads the last line of `df -Pk`: file system, whole, used, free, share, place. Names of file systems may hold spaces, places too,
/// so the numbers are found by the share, which alone ends in a percent sign.
fn told_room(text: &str) -> Option<(u64, u64)> {
    let words: Vec<&str> = text.lines().last()?.split_whitespace().collect();
    let share = words.iter().position(|word| {
        word.strip_suffix('%')
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    })?;
    let kilobytes = |before: usize| -> Option<u64> { words.get(share.checked_sub(before)?)?.parse().ok() };
    Some((kilobytes(1)? * 1024, kilobytes(3)? * 1024))
}

fn explain(error: StorageError) -> AppError {
    match error {
        StorageError::NotFound => AppError::NotFound,
        damaged @ StorageError::Damaged(_) => AppError::Internal(format!("file storage: {damaged}")),
        full @ StorageError::Full(_) => AppError::Full(format!("file storage: {full}")),
        // Put right, the same call succeeds: nothing that came by mail must be given up for a wrong key.
        other @ (StorageError::SetUp(_) | StorageError::Failed(_)) => {
            AppError::Unavailable(format!("file storage: {other}"))
        }
    }
}

#[async_trait]
impl Blobs for Files {
    async fn put(&self, bytes: Bytes) -> Result<[u8; 32], AppError> {
        self.storage.put(bytes).await.map_err(explain)
    }

    async fn get(&self, sha256: &[u8]) -> Result<Bytes, AppError> {
        self.storage.get(sha256).await.map_err(explain)
    }

    async fn remove(&self, sha256: &[u8]) -> Result<bool, AppError> {
        self.storage.remove(sha256).await.map_err(explain)
    }

    async fn room(&self) -> Option<Room> {
        let directory = self.directory.as_deref()?;
        let (free, whole) = room(directory).await?;
        Some(Room {
            place: directory.display().to_string(),
            free,
            whole,
        })
    }
}

#[async_trait]
impl ReadyCheck for Files {
    fn name(&self) -> &'static str {
        "files"
    }

    async fn ready(&self) -> bool {
        self.storage.answers().await
    }

    fn part(&self) -> Part {
        Part::Files
    }

    async fn examine(&self) -> Result<String, String> {
        let mut checked = self.storage.check().await;
        if checked.is_err() {
            // Two processes that look at the same moment take the probe away from each other.
            checked = self.storage.check().await;
        }
        checked.map_err(|error| error.to_string())?;
        Ok(self.storage.place().to_owned())
    }

    async fn room(&self) -> Option<(u64, u64)> {
        let room = Blobs::room(self).await?;
        Some((room.free, room.whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_of_a_disk_is_read() {
        let head = "Filesystem     1024-blocks      Used Available Capacity Mounted on\n";
        let plain = format!("{head}/dev/sda1        100000000  40000000  60000000      40% /\n");
        assert_eq!(told_room(&plain), Some((60_000_000 * 1024, 100_000_000 * 1024)));
        let spaces = format!("{head}//nas/my files 1000 400 600 40% /srv/my files\n");
        assert_eq!(told_room(&spaces), Some((600 * 1024, 1000 * 1024)));
        assert_eq!(told_room(""), None);
        assert_eq!(told_room("df: no such place"), None);
    }
}
