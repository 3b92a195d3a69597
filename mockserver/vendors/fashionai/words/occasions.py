"""The occasions of generated profiles, with what is worn there."""

from __future__ import annotations

from pii_sandbox.mockserver.vendors.fashionai.words.vocabulary import Occasion, Wear, words


def _wear(mains: str, seconds: str, shoes: str) -> Wear:
    return Wear(words(mains), words(seconds), words(shoes))


OCCASIONS: tuple[Occasion, ...] = (
    Occasion(
        "Trabalho business casual",
        "a rotina de trabalho",
        "trabalho",
        words("confiante e alinhad{o}; criativ{o} e acessível; organizad{o} e de presença leve"),
        {
            "female": _wear(
                "Camisa de seda; Blusa canelada; Blazer leve",
                "Calça de alfaiataria; Saia midi",
                "Mocassim; Scarpin baixo",
            ),
            "male": _wear(
                "Camisa manga longa; Polo de malha; Blazer leve", "Chino; Calça de sarja", "Sapato casual; Mocassim"
            ),
            "other": _wear(
                "Camisa ampla; Suéter fino; Blazer reto", "Calça de alfaiataria; Calça de sarja", "Mocassim; Tênis liso"
            ),
        },
    ),
    Occasion(
        "Reunião formal",
        "compromissos formais",
        "formal",
        words("segur{o} de si e elegante; sóbri{o} e precis{o}; atent{o} aos detalhes"),
        {
            "female": _wear("Blazer acinturado; Camisa de cetim", "Calça reta; Saia lápis", "Scarpin; Slingback"),
            "male": _wear(
                "Paletó slim; Camisa social", "Calça social; Calça de lã fria", "Sapato oxford; Sapato derby"
            ),
            "other": _wear(
                "Blazer estruturado; Camisa social", "Calça reta; Calça de lã fria", "Sapato oxford; Mocassim"
            ),
        },
    ),
    Occasion(
        "Fim de semana em família",
        "momentos de descontração",
        "fim de semana",
        words("descontraíd{o} e próxim{o}; prátic{o} sem descuido; alegre e à vontade"),
        {
            "female": _wear(
                "Camiseta de algodão; Tricô leve; Vestido chemise",
                "Jeans reto; Short de linho",
                "Tênis branco; Sapatilha",
            ),
            "male": _wear(
                "Camiseta de algodão; Polo piquet; Moletom", "Jeans reto; Bermuda de sarja", "Tênis branco; Docksider"
            ),
            "other": _wear(
                "Camiseta de algodão; Tricô leve; Moletom", "Jeans reto; Bermuda de linho", "Tênis branco; Sandália"
            ),
        },
    ),
    Occasion(
        "Viagem de praia",
        "viagens e dias de verão",
        "viagem",
        words("solar e relaxad{o}; curios{o} e leve; despreocupad{o}, com bom gosto"),
        {
            "female": _wear(
                "Maiô; Saída de praia; Regata de linho", "Short jeans; Pantalona leve", "Rasteira; Espadrille"
            ),
            "male": _wear("Camisa de linho; Regata; Camiseta UV", "Short de praia; Bermuda leve", "Chinelo; Alpargata"),
            "other": _wear("Camisa de linho; Camiseta UV; Regata", "Short de praia; Calça leve", "Chinelo; Alpargata"),
        },
    ),
    Occasion(
        "Jantar a dois",
        "noites especiais",
        "noite",
        words("encantador{a} sem exagero; charmos{o} e tranquil{o}; sofisticad{o} e próxim{o}"),
        {
            "female": _wear(
                "Top de cetim; Blusa ombro a ombro", "Saia slip; Calça flare", "Sandália de salto; Bota de cano curto"
            ),
            "male": _wear(
                "Camisa de viscose; Suéter gola alta", "Jeans escuro; Calça chino", "Bota chelsea; Sapato casual"
            ),
            "other": _wear(
                "Camisa de viscose; Suéter gola alta", "Jeans escuro; Calça flare", "Bota chelsea; Mocassim"
            ),
        },
    ),
    Occasion(
        "Treino e vida ativa",
        "a rotina de treinos",
        "treino",
        words("dispost{o} e focad{o}; disciplinad{o} e leve; animad{o}, sempre em movimento"),
        {
            "female": _wear(
                "Top esportivo; Regata dry fit", "Legging; Short-saia", "Tênis de corrida; Tênis de treino"
            ),
            "male": _wear(
                "Camiseta dry fit; Regata esportiva",
                "Short de corrida; Calça jogger",
                "Tênis de corrida; Tênis de treino",
            ),
            "other": _wear(
                "Camiseta dry fit; Corta-vento", "Short de corrida; Calça jogger", "Tênis de corrida; Tênis de treino"
            ),
        },
    ),
    Occasion(
        "Casamento e cerimônia",
        "festas e cerimônias",
        "festa",
        words("elegante e memorável; refinad{o} e festiv{o}; clássic{o}, com um toque pessoal"),
        {
            "female": _wear(
                "Vestido longo; Macacão de crepe", "Echarpe; Clutch", "Sandália de festa; Scarpin metalizado"
            ),
            "male": _wear(
                "Paletó de linho; Camisa de punho duplo", "Calça de alfaiataria; Colete", "Sapato oxford; Loafer"
            ),
            "other": _wear(
                "Blazer de cetim; Túnica de festa", "Calça de alfaiataria; Pantalona", "Loafer; Sapato oxford"
            ),
        },
    ),
    Occasion(
        "Home office",
        "o dia a dia em casa",
        "casa",
        words("confortável e apresentável; concentrad{o} e sem esforço; leve, pront{o} para a câmera"),
        {
            "female": _wear("Cardigã; Blusa de malha", "Calça de malha; Calça pantacourt", "Mule; Sapatilha"),
            "male": _wear("Cardigã; Camiseta henley", "Calça de malha; Calça jogger", "Tênis slip-on; Alpargata"),
            "other": _wear("Cardigã; Moletom liso", "Calça de malha; Calça jogger", "Tênis slip-on; Mule"),
        },
    ),
    Occasion(
        "Show e festival",
        "a vida cultural",
        "festival",
        words("ousad{o} e expressiv{o}; divertid{o}, com peças de destaque; livre e autêntic{o}"),
        {
            "female": _wear(
                "Cropped; Jaqueta jeans; Camiseta de banda", "Saia jeans; Calça cargo", "Coturno; Tênis plataforma"
            ),
            "male": _wear(
                "Jaqueta jeans; Camiseta de banda; Camisa estampada", "Calça cargo; Jeans", "Coturno; Tênis cano alto"
            ),
            "other": _wear(
                "Jaqueta jeans; Camiseta de banda; Camisa ampla", "Calça cargo; Jeans largo", "Coturno; Tênis cano alto"
            ),
        },
    ),
)
