import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;

/**
 * Runs SQL scripts on Flink, one after the other, in this process: streaming mode, parallelism 1, no restarts, the session's zone UTC.
 *
 * <p>Arguments are script files. Beside each NAME.sql comes NAME.verdict: "done", or "refused" (planning failed) or "failed" (running
 * failed) and the chain of causes, a line each. A script of plans (EXPLAIN statements) is done however they end: the verdict has a line
 * for each, "planned" or "refused" and why.
 */
public final class RunScripts {
    private static final Pattern SET = Pattern.compile("(?is)SET\\s+'((?:[^']|'')*)'\\s*=\\s*'((?:[^']|'')*)'");
    private static final Pattern EXPLAIN = Pattern.compile("(?is)EXPLAIN\\b.*");
    private static final Pattern BLOCK = Pattern.compile("(?is)(EXECUTE\\s+STATEMENT\\s+SET\\s+BEGIN|BEGIN\\s+STATEMENT\\s+SET)\\b.*");

    private RunScripts() {}

    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            Path script = Path.of(argument);
            String verdict = run(Files.readString(script, StandardCharsets.UTF_8));
            Path out = script.resolveSibling(script.getFileName().toString().replaceFirst("\\.sql$", ".verdict"));
            Files.writeString(out, verdict, StandardCharsets.UTF_8);
            System.out.println(script.getFileName() + ": " + verdict.lines().findFirst().orElse(""));
        }
        System.exit(0); // threads of the cluster may be slow to end
    }

    private static String run(String script) {
        StreamTableEnvironment tables = StreamTableEnvironment.create(environment());
        tables.getConfig().set("table.local-time-zone", "UTC");
        // Two phases add doubles in an order that depends on when the first one lets go of what it has.
        tables.getConfig().set("table.optimizer.agg-phase-strategy", "ONE_PHASE");
        StringBuilder plans = new StringBuilder();
        for (String statement : split(script)) {
            Matcher set = SET.matcher(statement);
            TableResult result;
            try {
                if (set.matches()) {
                    tables.getConfig().set(set.group(1).replace("''", "'"), set.group(2).replace("''", "'"));
                    continue;
                }
                result = tables.executeSql(statement);
            } catch (Throwable wrong) {
                if (!EXPLAIN.matcher(statement).matches()) {
                    return "refused\n" + causes(wrong);
                }
                plans.append("refused ").append(causes(wrong).replace('\n', ' ')).append('\n');
                continue;
            }
            if (EXPLAIN.matcher(statement).matches()) {
                plans.append("planned\n");
            }
            try {
                if (result.getJobClient().isPresent()) {
                    result.await();
                }
            } catch (Throwable wrong) {
                return "failed\n" + causes(wrong);
            }
        }
        return "done\n" + plans;
    }

    private static StreamExecutionEnvironment environment() {
        Configuration config = new Configuration();
        config.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        config.set(CoreOptions.DEFAULT_PARALLELISM, 1);
        config.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        config.set(TaskManagerOptions.NUM_TASK_SLOTS, 1);
        config.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
        config.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
        config.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(64));
        return StreamExecutionEnvironment.createLocalEnvironment(1, config);
    }

    /** The statements of a script, without their semicolons; a statement set is one statement. */
    private static List<String> split(String script) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (int i = 0; i < script.length(); i++) {
            char c = script.charAt(i);
            if (script.startsWith("--", i)) {
                int end = script.indexOf('\n', i);
                i = end < 0 ? script.length() : end;
                statement.append('\n');
            } else if (script.startsWith("/*", i) && !script.startsWith("/*+", i)) {
                i = script.indexOf("*/", i + 2) + 1;
                statement.append(' ');
            } else if (c == '\'' || c == '`') {
                int end = script.indexOf(c, i + 1); // a doubled quote is two texts side by side
                statement.append(script, i, end + 1);
                i = end;
            } else if (c != ';' || isOpenBlock(statement.toString().strip())) {
                statement.append(c);
            } else {
                add(statements, statement);
            }
        }
        add(statements, statement);
        return statements;
    }

    private static boolean isOpenBlock(String statement) {
        return BLOCK.matcher(statement).matches() && !statement.toUpperCase().endsWith("END");
    }

    private static void add(List<String> statements, StringBuilder statement) {
        if (!statement.toString().isBlank()) {
            statements.add(statement.toString().strip());
        }
        statement.setLength(0);
    }

    private static String causes(Throwable wrong) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        for (Throwable cause = wrong; cause != null; cause = cause.getCause()) {
            out.println(cause.getClass().getSimpleName() + ": " + String.valueOf(cause.getMessage()).replace('\n', ' '));
        }
        return text.toString();
    }
}
