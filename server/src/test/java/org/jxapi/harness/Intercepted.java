package org.jxapi.harness;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Objects whose calls a test watches, changes or answers itself. */
public final class Intercepted {
    private Intercepted() {}

    /** A call that has been made, to be passed on to an object. */
    public interface Call {
        Object on(Object target) throws Throwable;
    }

    /** The answers to all calls. */
    public interface Handler {
        Object handle(String method, Call call) throws Throwable;
    }

    public static <T> T of(Class<T> type, Handler handler) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> handler.handle(method.getName(), target -> {
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                })));
    }
}
