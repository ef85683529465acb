package org.jxapi.diagnosis;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.Map;
import java.util.TreeMap;

/** The threads of the daemon. */
final class ThreadStates {
    private static final int DEEPEST = 200;

    private ThreadStates() {}

    /** Each thread with its stack. */
    static String text() {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            out.append(each.getKey())
                    .append(' ')
                    .append(each.getKey().getState())
                    .append('\n');
            for (StackTraceElement frame : each.getValue()) {
                out.append("\tat ").append(frame).append('\n');
            }
        }
        return out.toString();
    }

    /** The memory that Java uses. */
    static String memory() {
        return "heap: " + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage()
                + "\nother: " + ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()
                + "\nthreads: " + ManagementFactory.getThreadMXBean().getThreadCount()
                + "\nup for ms: " + ManagementFactory.getRuntimeMXBean().getUptime();
    }

    /** As a graph in the language of Graphviz, as XAPI's get_thread_diagnostics: which thread waits for which. */
    static String graph() {
        Map<Long, ThreadInfo> threads = new TreeMap<>();
        for (ThreadInfo info : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true, DEEPEST)) {
            threads.put(info.getThreadId(), info);
        }
        StringBuilder out = new StringBuilder("digraph Threads {\n");
        threads.forEach((id, info) -> {
            String at = info.getStackTrace().length == 0 ? "" : info.getStackTrace()[0].toString();
            out.append("  t")
                    .append(id)
                    .append(" [label=")
                    .append(quoted(info.getThreadName() + "\\n" + info.getThreadState() + "\\n" + at))
                    .append("];\n");
            if (info.getLockName() != null && threads.containsKey(info.getLockOwnerId())) {
                out.append("  t")
                        .append(id)
                        .append(" -> t")
                        .append(info.getLockOwnerId())
                        .append(" [label=")
                        .append(quoted(info.getLockName()))
                        .append("];\n");
            }
        });
        return out.append("}\n").toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\\\"") + '"';
    }
}
