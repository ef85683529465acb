package org.jxapi.hypervisor;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs a class of tests without Maven: in the test bed's dom0, or with another libxl. Prints one line a test and ends with
 * 0 when all passed. Arguments: the class, and names of its tests; all without.
 */
public final class RunTests implements TestExecutionListener {
    private final Map<String, Long> started = new ConcurrentHashMap<>();
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private RunTests() {}

    public static void main(String[] arguments) {
        List<String> tests = List.of(arguments).subList(1, arguments.length);
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        if (tests.isEmpty()) {
            request.selectors(DiscoverySelectors.selectClass(arguments[0]));
        }
        tests.forEach(test -> request.selectors(DiscoverySelectors.selectMethod(arguments[0], test)));
        RunTests run = new RunTests();
        LauncherFactory.create().execute(request.build(), run);
        System.out.printf("%d passed, %d failed%n", run.passed.get(), run.failed.get());
        System.exit(run.failed.get() == 0 && run.passed.get() > 0 ? 0 : 1);
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        System.out.printf("skip             %s: %s%n", test.getDisplayName(), reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        double seconds = (System.nanoTime() - started.get(test.getUniqueId())) / 1e9;
        String name = test.getDisplayName();
        if (result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
            if (test.isTest()) {
                passed.incrementAndGet();
                System.out.printf(Locale.ROOT, "ok    %6.1f s  %s%n", seconds, name);
            }
        } else if (result.getStatus() == TestExecutionResult.Status.ABORTED && test.isTest()) {
            System.out.printf(
                    "skip             %s: %s%n", name, result.getThrowable().orElse(null));
        } else {
            failed.incrementAndGet();
            System.out.printf(Locale.ROOT, "FAIL  %6.1f s  %s%n", seconds, name);
            result.getThrowable().ifPresent(problem -> problem.printStackTrace(System.out));
        }
    }
}
