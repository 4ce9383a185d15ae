/* The same networks in C, written for these benchmarks alone, as a limit of what is possible.

   Groups of logistic units, full projections between them, biases; squared error with an optional margin; momentum as in 1986;
   weights changed after each epoch (loops over cases innermost) or after each case (loops over senders innermost). Sizes are
   constants, from the header that the benchmark writes:

     CASES, UNITS (inputs first), INPUTS, OUTPUTS, WEIGHTS, PROJECTIONS, MARGIN, and
     projections[][5] = {first sender, senders, first receiver, receivers, first weight}, in forward order, weights receiver by
     receiver; groups[][3] = {first unit, units, first bias}, in forward order.

   usage: limit FILE EPOCHS batch|single RATE MOMENTUM   FILE holds weights, inputs [case, unit] and targets [case, unit], float64
   prints seconds per epoch and the error of the last epoch. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "limit.h"

static double w[WEIGHTS], g[WEIGHTS], last[WEIGHTS], inputs[CASES * INPUTS], targets[CASES * OUTPUTS];
static double rate, momentum;

static double miss(double y, double d) {
    if (MARGIN > 0 && (d >= 0.5 ? y > d - MARGIN : y < d + MARGIN)) return 0.0;
    return y - d;
}

static void change(void) {
    for (int k = 0; k < WEIGHTS; k++) {
        last[k] = momentum * last[k] - rate * g[k];
        w[k] += last[k];
    }
}

static double y[UNITS][CASES], dy[UNITS][CASES];

static double batch(void) {
    double error = 0.0;
    memset(g, 0, sizeof g);
    for (int q = 0; q < GROUPS; q++) {
        const int first = groups[q][0], count = groups[q][1], bias = groups[q][2];
        for (int j = 0; j < count; j++) {
            double *restrict x = y[first + j];
            for (int c = 0; c < CASES; c++) x[c] = w[bias + j];
            for (int p = 0; p < PROJECTIONS; p++) {
                if (projections[p][2] != first) continue;
                const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
                int i = 0;
                for (; i + 4 <= n; i += 4) {
                    const double a = w[k + i], b = w[k + i + 1], d = w[k + i + 2], e = w[k + i + 3];
                    for (int c = 0; c < CASES; c++)
                        x[c] += a * y[s + i][c] + b * y[s + i + 1][c] + d * y[s + i + 2][c] + e * y[s + i + 3][c];
                }
                for (; i < n; i++)
                    for (int c = 0; c < CASES; c++) x[c] += w[k + i] * y[s + i][c];
            }
            for (int c = 0; c < CASES; c++) x[c] = 1.0 / (1.0 + exp(-x[c]));
        }
    }
    memset(dy, 0, sizeof dy);
    for (int j = 0; j < OUTPUTS; j++)
        for (int c = 0; c < CASES; c++) {
            const double m = miss(y[UNITS - OUTPUTS + j][c], targets[c * OUTPUTS + j]);
            dy[UNITS - OUTPUTS + j][c] = m;
            error += 0.5 * m * m;
        }
    for (int q = GROUPS - 1; q >= 0; q--) {
        const int first = groups[q][0], count = groups[q][1], bias = groups[q][2];
        for (int j = 0; j < count; j++) {
            double *restrict dx = dy[first + j];
            double total = 0.0;
            for (int c = 0; c < CASES; c++) {
                dx[c] *= y[first + j][c] * (1.0 - y[first + j][c]);
                total += dx[c];
            }
            g[bias + j] = total;
            for (int p = 0; p < PROJECTIONS; p++) {
                if (projections[p][2] != first) continue;
                const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
                for (int i = 0; i < n; i++) {
                    double sum = 0.0;
                    if (s >= INPUTS) {
                        const double a = w[k + i];
                        for (int c = 0; c < CASES; c++) {
                            sum += dx[c] * y[s + i][c];
                            dy[s + i][c] += a * dx[c];
                        }
                    } else
                        for (int c = 0; c < CASES; c++) sum += dx[c] * y[s + i][c];
                    g[k + i] = sum;
                }
            }
        }
    }
    change();
    return error;
}

static double u[UNITS], du[UNITS];

static double single(void) {
    double error = 0.0;
    for (int c = 0; c < CASES; c++) {
        memcpy(u, inputs + c * INPUTS, INPUTS * sizeof(double));
        for (int q = 0; q < GROUPS; q++) {
            const int first = groups[q][0], count = groups[q][1], bias = groups[q][2];
            double *restrict x = u + first;
            for (int j = 0; j < count; j++) {
                double total = w[bias + j];
                for (int p = 0; p < PROJECTIONS; p++) {
                    if (projections[p][2] != first) continue;
                    const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
                    for (int i = 0; i < n; i++) total += w[k + i] * u[s + i];
                }
                x[j] = total;
            }
            for (int j = 0; j < count; j++) x[j] = 1.0 / (1.0 + exp(-x[j]));
        }
        memset(du, 0, sizeof du);
        for (int j = 0; j < OUTPUTS; j++) {
            const double m = miss(u[UNITS - OUTPUTS + j], targets[c * OUTPUTS + j]);
            du[UNITS - OUTPUTS + j] = m;
            error += 0.5 * m * m;
        }
        for (int q = GROUPS - 1; q >= 0; q--) {
            const int first = groups[q][0], count = groups[q][1], bias = groups[q][2];
            for (int j = 0; j < count; j++) {
                const double d = du[first + j] * u[first + j] * (1.0 - u[first + j]);
                g[bias + j] = d;
                for (int p = 0; p < PROJECTIONS; p++) {
                    if (projections[p][2] != first) continue;
                    const int s = projections[p][0], n = projections[p][1], k = projections[p][4] + j * n;
                    for (int i = 0; i < n; i++) g[k + i] = d * u[s + i];
                    if (s >= INPUTS)
                        for (int i = 0; i < n; i++) du[s + i] += d * w[k + i];
                }
            }
        }
        change();
    }
    return error;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int count, char **given) {
    FILE *file = count == 6 ? fopen(given[1], "rb") : NULL;
    if (!file || fread(w, sizeof w, 1, file) + fread(inputs, sizeof inputs, 1, file) + fread(targets, sizeof targets, 1, file) != 3) {
        fprintf(stderr, "limit: cannot read its arguments or its file\n");
        return 2;
    }
    const int epochs = atoi(given[2]), is_batch = !strcmp(given[3], "batch");
    rate = atof(given[4]);
    momentum = atof(given[5]);
    for (int i = 0; i < INPUTS; i++)
        for (int c = 0; c < CASES; c++) y[i][c] = inputs[c * INPUTS + i];
    double error = 0.0;
    const double start = now();
    for (int epoch = 0; epoch < epochs; epoch++) error = is_batch ? batch() : single();
    printf("%.9g %.17g\n", (now() - start) / epochs, error);
    return 0;
}
