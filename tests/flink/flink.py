"""Apache Flink as an oracle: fetches it with Maven, runs scripts on it in one JVM, and remembers what they gave.

Everything lies below build/flink: lib/ (Flink's jars, as pom.xml pins them), classes/ (the runner), answers/ (one file for each script
with its inputs, named by their hash). Once fetched, nothing needs the network; once answered, nothing needs a JVM.
"""
import hashlib
import json
import pathlib
import shutil
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE.parent.parent / "build" / "flink"
POM, RUNNER = HERE / "pom.xml", HERE / "src" / "RunScripts.java"
JAVA = ["java", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ActiveProcessorCount=1", "-Duser.timezone=UTC",
        "--add-opens=java.base/java.lang=ALL-UNNAMED", "--add-opens=java.base/java.util=ALL-UNNAMED"]
FETCH_LIMIT_S = 240
RUN_LIMIT_S = 400


class Absent(Exception):
    """Flink cannot be had on this machine; the text says why."""


def digest(*texts):
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogateescape")).hexdigest()[:24]


def version():
    """What answers depend on besides the script: the jars and the runner."""
    return digest(POM.read_text(), RUNNER.read_text())


def execute(command, limit_s, cwd=None):
    try:
        return subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=limit_s, check=False)
    except FileNotFoundError as absent:
        raise Absent(f"{command[0]} is not installed") from absent
    except subprocess.TimeoutExpired as late:
        raise Absent(f"{command[0]} took more than {limit_s} s") from late


def fetch():
    """Has Maven copy the jars into build/flink/lib, unless those of this pom are there."""
    stamp, lib = FOLDER / "lib.stamp", FOLDER / "lib"
    wanted = digest(POM.read_text())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not shutil.which("mvn"):
        raise Absent("Maven is not installed")
    fresh = FOLDER / "lib.new"
    shutil.rmtree(fresh, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = execute(["mvn", "-q", "-B", "-f", POM, "dependency:copy-dependencies", f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"],
                   FETCH_LIMIT_S, cwd=FOLDER)
    if done.returncode:
        wrong = [line for line in done.stdout.splitlines() if "ERROR" in line]
        raise Absent(f"Maven could not fetch it: {(wrong or ['no reason told'])[0][:300]}")
    shutil.rmtree(lib, ignore_errors=True)
    fresh.rename(lib)
    stamp.write_text(wanted)


def compile_runner():
    stamp, classes = FOLDER / "classes.stamp", FOLDER / "classes"
    if stamp.exists() and stamp.read_text() == version():
        return
    if not shutil.which("javac"):
        raise Absent("no JDK is installed")
    done = execute(["javac", "-proc:none", "-d", classes, "-cp", f"{FOLDER / 'lib'}/*", RUNNER], FETCH_LIMIT_S)
    if done.returncode:
        raise RuntimeError(f"the runner does not compile:\n{done.stderr}")
    stamp.write_text(version())


class Answer:
    """What Flink made of a script: verdict ("done", "refused", "failed"), its further lines, and the lines of each sink."""

    def __init__(self, told):
        self.verdict, self.causes, self.sinks = told["verdict"], told["causes"], told["sinks"]

    def rows(self, sink):
        return [json.loads(line) for line in self.sinks[sink]]


def key_of(script):
    return digest(version(), script.sql, *(f"{name}={text}" for name, text in sorted(script.inputs.items())))


def prepare(script, folder):
    """Writes a script and its inputs where the runner finds them: a table's path is a folder, here and in Flink."""
    place = folder / script.name
    for table, text in script.inputs.items():
        (place / table).mkdir(parents=True)
        (place / table / "rows.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    path = folder / f"{script.name}.sql"
    path.write_text(script.sql.replace("${DIR}", str(place)))
    return path


def collect(script, folder):
    verdict, *causes = (folder / f"{script.name}.verdict").read_text().splitlines()
    sinks = {}
    for sink in script.sinks:
        parts = sorted(p for p in (folder / script.name / sink).rglob("*") if p.is_file() and not p.name.startswith("."))
        sinks[sink] = [line for p in parts for line in p.read_text(encoding="utf-8", errors="surrogateescape").split("\n") if line]
    return {"verdict": verdict, "causes": causes, "sinks": sinks}


def keep(script, folder):
    """Files the answer to a script, if Flink gave one."""
    if not (folder / f"{script.name}.verdict").exists():
        return False
    path = FOLDER / "answers" / f"{key_of(script)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(collect(script, folder)))
    return True


def ask(scripts):
    """Runs scripts on Flink, all in one JVM. What it answered before it was too late is kept, so that the next run asks for the rest."""
    fetch()
    compile_runner()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="leat-flink-"))
    try:
        paths, done, late = [prepare(script, folder) for script in scripts], None, None
        try:
            done = execute([*JAVA, "-cp", f"{FOLDER / 'classes'}:{FOLDER / 'lib'}/*", "RunScripts", *paths], RUN_LIMIT_S, cwd=folder)
        except Absent as absent:
            late = absent
        silent = [script.name for script in scripts if not keep(script, folder)]
        if late:
            raise late
        if silent:
            raise RuntimeError(f"no verdict on {silent[0]}: {done.stdout[-300:]}{done.stderr[-2000:]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def answers(scripts):
    """The answer to each script by name, asking Flink only what it was not asked before; Absent when it cannot be asked."""
    def known(script):
        path = FOLDER / "answers" / f"{key_of(script)}.json"
        return Answer(json.loads(path.read_text())) if path.exists() else None
    unknown = [script for script in scripts if not known(script)]
    if unknown:
        ask(unknown)
    return {script.name: known(script) for script in scripts}
