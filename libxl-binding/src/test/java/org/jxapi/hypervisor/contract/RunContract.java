package org.jxapi.hypervisor.contract;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs the contract against this machine's Xen without Maven, as in the test bed's dom0. Prints one line a test and ends
 * with 0 when all passed. Arguments: names of the tests to run; all without.
 */
final class RunContract implements TestExecutionListener {
    private final Map<String, Long> started = new ConcurrentHashMap<>();
    private final AtomicInteger passed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    private RunContract() {}

    public static void main(String[] names) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (String name : names) {
            request.selectors(DiscoverySelectors.selectMethod(LibxlContractTest.class, name));
        }
        if (names.length == 0) {
            request.selectors(DiscoverySelectors.selectClass(LibxlContractTest.class));
        }
        LauncherDiscoveryRequest all = request.build();
        RunContract run = new RunContract();
        LauncherFactory.create().execute(all, run);
        System.out.printf("contract: %d passed, %d failed%n", run.passed.get(), run.failed.get());
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
                System.out.printf(Locale.ROOT, "ok    %6.1f s  contract: %s%n", seconds, name);
            }
        } else {
            failed.incrementAndGet();
            System.out.printf(Locale.ROOT, "FAIL  %6.1f s  contract: %s%n", seconds, name);
            result.getThrowable().ifPresent(problem -> problem.printStackTrace(System.out));
        }
    }
}
