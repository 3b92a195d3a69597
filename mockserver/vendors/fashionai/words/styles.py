"""The tastes of generated profiles."""

from __future__ import annotations

from pii_sandbox.mockserver.vendors.fashionai.words.vocabulary import Style, words

STYLES: tuple[Style, ...] = (
    Style(
        "Casual-elegante minimalista",
        "tons neutros",
        "cortes regulares",
        words("off-white; azul-marinho; cinza mescla; preto; areia"),
        words("qualidade e atemporalidade; poucas e boas peças; versatilidade no dia a dia"),
        words("inspiracional; autêntico; sofisticado; direto; sereno"),
        words("Paleta neutra; Cenários urbanos; Luz natural; Fundo liso; Detalhe de tecido"),
        words("Versatilidade; Qualidade premium; Lifestyle urbano; Custo por uso; Menos peças, mais looks"),
        words(
            "Guarda-roupa cápsula {genero}; Básicos premium que valem o investimento; Dez peças, trinta looks; "
            "Como cuidar de malhas finas"
        ),
    ),
    Style(
        "Clássico de alfaiataria",
        "tons sóbrios",
        "cortes estruturados",
        words("azul-marinho; grafite; bordô; branco; caramelo"),
        words("tradição e bom caimento; acabamento impecável; presença discreta"),
        words("elegante; seguro; cordial; preciso; respeitoso"),
        words("Luz lateral suave; Interiores clássicos; Close nos acabamentos; Retrato de corpo inteiro"),
        words("Sob medida; Herança e ofício; Durabilidade; Looks para agenda cheia"),
        words(
            "Alfaiataria sem formalidade; O blazer certo para cada agenda; Tecidos que não amassam; "
            "O armário {genero} do escritório ao jantar"
        ),
    ),
    Style(
        "Esportivo urbano",
        "tons frios com um ponto de cor",
        "cortes confortáveis",
        words("preto; verde-militar; azul-claro; branco; laranja queimado"),
        words("conforto e movimento; tecnologia têxtil; praticidade"),
        words("enérgico; motivador; informal; claro"),
        words("Movimento; Ruas e parques; Contraste forte; Luz da manhã"),
        words("Desempenho no dia a dia; Conforto o dia todo; Do treino ao café; Tecidos que respiram"),
        words(
            "Athleisure {genero} do parque ao café; Tênis para cada ritmo; Como montar a mochila do dia; "
            "Tecidos tecnológicos explicados"
        ),
    ),
    Style(
        "Boho contemporâneo",
        "tons terrosos",
        "cortes fluidos",
        words("terracota; mostarda; cru; verde-oliva; marrom"),
        words("peças com história; trabalho artesanal; liberdade para misturar"),
        words("acolhedor; poético; espontâneo; próximo"),
        words("Pôr do sol; Natureza; Texturas artesanais; Grão de filme"),
        words("Feito à mão; Peças únicas; Viagem e memória; Mistura de estampas"),
        words(
            "Artesanato brasileiro no guarda-roupa; Estampas que conversam; Acessórios com história; "
            "Camadas leves no guarda-roupa {genero}"
        ),
    ),
    Style(
        "Streetwear",
        "preto com cores vivas",
        "cortes amplos",
        words("preto; roxo; verde-limão; branco; vermelho"),
        words("novidade e exclusividade; cultura de rua; expressão pessoal"),
        words("ousado; irreverente; atual; bem-humorado"),
        words("Grafite e concreto; Flash direto; Ângulos baixos; Cores saturadas"),
        words("Lançamentos limitados; Colaborações; Comunidade; Edição numerada"),
        words(
            "Os lançamentos do mês; Como usar oversized; A história por trás das colaborações; "
            "Streetwear {genero} além do moletom"
        ),
        oldest=50,
    ),
    Style(
        "Retrô com toques vintage",
        "tons quentes",
        "cortes de cintura alta",
        words("vinho; creme; azul-petróleo; caramelo; verde-garrafa"),
        words("achados e originalidade; o charme de outras décadas; detalhes marcantes"),
        words("nostálgico; charmoso; curioso; leve"),
        words("Cores de filme antigo; Cafés e livrarias; Objetos de época; Luz quente"),
        words("Clássicos revisitados; Segunda vida das peças; Coleções-cápsula; Achados da semana"),
        words(
            "Os anos 70 de volta; Brechó e novo no mesmo look; Ícones do estilo {genero}; Como reconhecer um bom achado"
        ),
    ),
    Style(
        "Natural e sustentável",
        "tons crus e verdes",
        "cortes soltos",
        words("cru; verde-sálvia; areia; azul-claro; branco"),
        words("origem e impacto das peças; fibras naturais; consumo consciente"),
        words("transparente; calmo; didático; gentil"),
        words("Luz natural; Plantas e madeira; Fibras em close; Pessoas reais"),
        words("Rastreabilidade; Algodão orgânico; Reparo e revenda; Comprar menos e melhor"),
        words(
            "De onde vem a sua camiseta; Fibras naturais para o calor; Guia de reparos simples; "
            "Guarda-roupa {genero} de baixo impacto"
        ),
    ),
    Style(
        "Criativo de contrastes",
        "cores vivas e blocos de cor",
        "cortes assimétricos",
        words("pink; azul-cobalto; amarelo; preto; verde-esmeralda"),
        words("expressão e surpresa; arte e design; peças de destaque"),
        words("vibrante; provocador; criativo; entusiasmado"),
        words("Blocos de cor; Galerias de arte; Composição gráfica; Sombras duras"),
        words("Peças de destaque; Novos designers; Moda e arte; Combinações inesperadas"),
        words(
            "Color blocking na prática; Designers para acompanhar; Um acessório, três climas; Design {genero} de autor"
        ),
    ),
)
