package org.jxapi.agent;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Subscription;

/**
 * An interface that an agent serves, under a name. Each method that peers may call is listed, so a method that is added
 * later is not served by accident. Default methods run at the caller.
 */
final class Part<T> {
    private final String name;
    private final Class<T> type;
    private final Map<String, Method> methods = new HashMap<>();

    /** @param names of abstract methods, of which no two have the same name */
    Part(String name, Class<T> type, List<String> names) {
        this.name = name;
        this.type = type;
        for (String method : names) {
            methods.put(method, only(type, method));
        }
    }

    private static Method only(Class<?> type, String name) {
        List<Method> found = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && Modifier.isAbstract(method.getModifiers()))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(type + " has " + found.size() + " methods " + name);
        }
        return found.get(0);
    }

    String name() {
        return name;
    }

    Class<T> type() {
        return type;
    }

    /** Null for a method that is not served. */
    @Nullable
    Method method(String method) {
        return methods.get(method);
    }

    /** Whether the method reports to its last argument until its result is closed. */
    static boolean subscribes(Method method) {
        return method.getReturnType() == Subscription.class;
    }

    /** Whether an argument stays at its side: a listener, which gets reports, or a stream, whose bytes pass. */
    static boolean stays(Type parameter) {
        return parameter == DoubleConsumer.class
                || parameter == InputStream.class
                || parameter == OutputStream.class
                || parameter instanceof ParameterizedType generic && generic.getRawType() == Consumer.class;
    }

    /** The type of a subscription's reports. */
    static Type reported(Method method) {
        Type[] parameters = method.getGenericParameterTypes();
        return ((ParameterizedType) parameters[parameters.length - 1]).getActualTypeArguments()[0];
    }
}
