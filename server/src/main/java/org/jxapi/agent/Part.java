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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Subscription;

/**
 * An interface that an agent serves, under a name. Each method that peers may call is listed, so a method that is added
 * later is not served by accident. Default methods run at the caller, unless they are listed.
 */
public final class Part<T> {
    private final String name;
    private final Class<T> type;
    private final Map<String, Method> methods = new HashMap<>();

    /** @param names of methods; one name may be that of one abstract method only, or of a single default method */
    public Part(String name, Class<T> type, List<String> names) {
        this.name = name;
        this.type = type;
        for (String method : names) {
            methods.put(method, only(type, method));
        }
    }

    private static Method only(Class<?> type, String name) {
        List<Method> found = Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(name) && !Modifier.isStatic(method.getModifiers()))
                .toList();
        List<Method> real = found.stream().filter(method -> !method.isDefault()).toList();
        List<Method> meant = real.isEmpty() ? found : real;
        if (meant.size() != 1) {
            throw new IllegalArgumentException(type + " has " + meant.size() + " methods " + name);
        }
        return meant.get(0);
    }

    public String name() {
        return name;
    }

    public Class<T> type() {
        return type;
    }

    /** Whether peers may call that method. */
    public boolean serves(Method method) {
        return method.equals(methods.get(method.getName()));
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

    /**
     * Whether an argument stays at its side: a listener, which gets reports, a stream, whose bytes pass, a condition, which
     * the agent asks for, or what the agent holds for its peer.
     */
    static boolean stays(Type parameter) {
        return parameter == DoubleConsumer.class
                || parameter == InputStream.class
                || parameter == OutputStream.class
                || parameter == Holdings.class
                || parameter instanceof ParameterizedType generic
                        && (generic.getRawType() == Consumer.class || generic.getRawType() == Predicate.class);
    }

    /** The type of a subscription's reports. */
    static Type reported(Method method) {
        Type[] parameters = method.getGenericParameterTypes();
        return ((ParameterizedType) parameters[parameters.length - 1]).getActualTypeArguments()[0];
    }
}
