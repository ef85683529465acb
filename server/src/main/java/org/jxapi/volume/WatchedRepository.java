package org.jxapi.volume;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;

/** A repository with work before and after the steps of its life. */
final class WatchedRepository {
    private WatchedRepository() {}

    /** Work at a step, such as {@code attach}. */
    interface AtStep {
        void run(String step);
    }

    /**
     * @param before what it throws keeps the step from being made
     * @param after runs when the step has been made
     */
    static Repository of(Repository inside, AtStep before, AtStep after) {
        return (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    // A volume is created too, by a method with arguments.
                    String step = method.getParameterCount() == 0 ? method.getName() : "";
                    try {
                        before.run(step);
                        Object result = method.invoke(inside, arguments);
                        after.run(step);
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    /** A repository of which the step {@code attach} finds out what it is. */
    static Repository choosing(Repository before, Supplier<Repository> atAttach) {
        return (Repository) Proxy.newProxyInstance(
                Repository.class.getClassLoader(), new Class<?>[] {Repository.class}, (proxy, method, arguments) -> {
                    Repository inside = method.getName().equals("attach") ? atAttach.get() : before;
                    try {
                        return method.invoke(inside, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }
}
