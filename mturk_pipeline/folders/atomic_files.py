"""Atomic writes that never leave half a file and never lose a person's."""

import contextlib
import errno
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_LEDGER = Path(".mturk_pipeline") / "written.json"


def write_atomically(path: Path, content: bytes, *, private: bool = False) -> None:
    """Replace `path` by `content` in one step: whoever reads sees the old file or the new one, never a part.

    With `private` only the owner can read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files private; what people open together keeps the directory's usual rights.
        if not private:
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(path.parent)


def digest(content: bytes) -> str:
    """BLAKE2 digest, 128 bits, hexadecimal."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


@dataclass
class ProjectWriter:
    """Writes the pipeline's own files into a project's folders.

    What was last written where is remembered in `.mturk_pipeline/written.json` of the project, so that the
    memory travels with the folder. A file that differs from it was changed by a person: it is kept under a
    dated name before the new content takes its place.
    """

    project: Path
    # Names (relative to the project) under which changed files were kept by this writer
    kept: list[str] = field(default_factory=list)

    def write(self, name: str, content: bytes) -> bool:
        """Write `content` to `name` (relative, with '/'); returns whether anything changed on disk."""
        path = self.project / name
        memory = self.project / _LEDGER.parent
        if memory.exists() and not memory.is_dir():
            # Said before anything is moved: without a memory each run would keep our own files as a person's.
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(memory))
        ledger = self._ledger()
        new = digest(content)
        if path.is_file():
            old = digest(path.read_bytes())
            if old == new:
                self._remember(ledger, name, new)
                return False
            if old not in ledger.get(name, ()):
                self._keep(path)
        # Both digests are known until the next write: a kill in between must not make our own file a stranger.
        self._remember(ledger, name, *ledger.get(name, ())[-1:], new)
        write_atomically(path, content)
        self._remember(ledger, name, new)
        return True

    def remove(self, name: str) -> bool:
        """Remove one of the pipeline's files that has no content any more; one that a person changed is kept."""
        path = self.project / name
        if not path.is_file():
            return False
        if digest(path.read_bytes()) not in self._ledger().get(name, ()):
            self._keep(path)
        else:
            path.unlink()
        return True

    def rewrite(self, name: str, content: bytes) -> None:
        """Put `content` in a file's place without judging it: what was ours stays ours, a person's edit an edit."""
        path, ledger = self.project / name, self._ledger()
        old = digest(path.read_bytes())
        if old in ledger.get(name, ()):
            self._remember(ledger, name, old, digest(content))
        write_atomically(path, content)

    def is_ours(self, path: Path) -> bool:
        """Whether the pipeline has written a file of this name here, or kept one."""
        name = path.relative_to(self.project).as_posix()
        return name in self._ledger() or ".kept-" in path.name

    def is_unchanged(self, path: Path) -> bool:
        """Whether a file is as the pipeline wrote it last."""
        return digest(path.read_bytes()) in self._ledger().get(path.relative_to(self.project).as_posix(), ())

    def _keep(self, path: Path) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        for attempt in range(100):
            suffix = f"-{attempt}" if attempt else ""
            kept = path.with_name(f"{path.stem}.kept-{stamp}{suffix}{path.suffix}")
            if not kept.exists():
                path.rename(kept)
                self.kept.append(kept.relative_to(self.project).as_posix())
                return
        raise OSError(f"{path}: could not be kept under another name")

    def _ledger(self) -> dict[str, list[str]]:
        try:
            content = json.loads((self.project / _LEDGER).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(content, dict):
            return {}
        return {name: digests for name, digests in content.items() if _are_texts(digests)}

    def _remember(self, ledger: dict[str, list[str]], name: str, *digests: str) -> None:
        if ledger.get(name) != list(digests):
            ledger[name] = list(digests)
            text = json.dumps(ledger, indent=1, sort_keys=True)
            write_atomically(self.project / _LEDGER, text.encode())


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_directory(folder: Path) -> None:
    # Windows cannot open directories; there the replace itself is all that can be had.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
